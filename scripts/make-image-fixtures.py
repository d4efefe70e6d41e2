"""Makes test/fixtures/images: small pictures drawn from a seed, and what Transformers' ViT image processor (the one
that uses Pillow) makes of them. Run it from the repository root:

    pip install torch transformers pillow safetensors
    python scripts/make-image-fixtures.py
"""

import json
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors.numpy import save_file
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

FOLDER = Path("test/fixtures/images")
SIZE = {"height": 24, "width": 20}
RECIPES = {
    "bilinear": {"resample": 2},
    "bicubic": {"resample": 3, "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]},
    "lanczos": {"resample": 1, "do_normalize": False},
    "as it is": {"do_resize": False, "do_rescale": False, "do_normalize": False},
}

# Recipes that keep the proportions and cut out the middle; small.png is smaller than the second crop.
CROPPED = {
    "shorter side": {"size": {"shortest_edge": 20}, "crop_size": {"height": 17, "width": 20}, "resample": 3},
    "padded": {"do_resize": False, "crop_size": {"height": 12, "width": 20}},
}


def picture(width, height, noise, random):
    """Waves of colour, and noise over them."""
    y, x = np.mgrid[0:height, 0:width]
    waves = [np.sin(x / 5 + c) * np.cos(y / 7 - c) for c in range(3)]
    image = 128 + 100 * np.stack(waves, -1) + noise * random.standard_normal((height, width, 3))
    return Image.fromarray(image.clip(0, 255).astype(np.uint8))


def main():
    random = np.random.default_rng(5)
    FOLDER.mkdir(parents=True, exist_ok=True)
    large, small = picture(61, 47, 40, random), picture(13, 9, 40, random)
    large.save(FOLDER / "large.png")
    small.save(FOLDER / "small.png")
    picture(61, 47, 0, random).save(FOLDER / "smooth.jpg", quality=95, subsampling=0)
    large.convert("L").save(FOLDER / "grey.png")
    large.quantize(16).save(FOLDER / "palette.png")
    cases, tensors = [], {}
    for name in ("large.png", "small.png", "smooth.jpg", "grey.png", "palette.png"):
        for recipe, settings in RECIPES.items():
            if name not in ("large.png", "small.png") and recipe != "bilinear":
                continue
            config = {"size": SIZE, **settings}
            image = Image.open(FOLDER / name).convert("RGB")
            pixels = ViTImageProcessorPil(**config)(image, return_tensors="np")["pixel_values"][0]
            key = f"{name} {recipe}"
            tensors[key] = np.ascontiguousarray(pixels, dtype=np.float32)
            cases.append({"image": name, "tensor": key, "config": config})
    for name in ("large.png", "small.png"):
        for recipe, settings in CROPPED.items():
            config = {"do_center_crop": True, **settings}
            image = Image.open(FOLDER / name).convert("RGB")
            pixels = CLIPImageProcessorPil(**config)(image, return_tensors="np")["pixel_values"][0]
            tensors[f"{name} {recipe}"] = np.ascontiguousarray(pixels, dtype=np.float32)
            mean, std = CLIPImageProcessorPil.image_mean, CLIPImageProcessorPil.image_std
            config = {"image_processor_type": "CLIPImageProcessor", "image_mean": mean, "image_std": std, **config}
            cases.append({"image": name, "tensor": f"{name} {recipe}", "config": config})
    save_file(tensors, FOLDER / "expected.safetensors")
    (FOLDER / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")


main()
