"""Tiny random models that read a text with a picture, and what is fed to them: two texts of 12 tokens with a picture each."""

import torch
import transformers as hf

from models import HEAD, MIXED, llama

TEXT = {**llama(), "max_position_embeddings": 128}
SIGHT = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64, image_size=16, patch_size=4)
SMALL = {**SIGHT, "image_size": 8}
QWEN = dict(depth=2, hidden_size=32, out_hidden_size=32, num_heads=4, intermediate_size=64, patch_size=4, spatial_merge_size=2, temporal_patch_size=2)
QWEN_IDS = dict(image_token_id=90, video_token_id=91, vision_start_token_id=92, vision_end_token_id=93)
ROPE = dict(rope_parameters={"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [1, 1, 2]})
QFORMER = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64, encoder_hidden_size=32, vocab_size=99)


def _noise(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(5))


def _pixels(size=16):
    return lambda ids: dict(pixel_values=_noise(2, 3, size, size))


def _typed(size):
    return lambda ids: dict(pixel_values=_noise(2, 3, size, size), token_type_ids=(ids == 90).long() if size == 16 else torch.zeros_like(ids))


def _sized(ids):
    return dict(pixel_values=_noise(2, 3, 8, 8), image_sizes=torch.tensor([[8, 8], [8, 8]]))


def _several(ids):
    return dict(pixel_values=_noise(2, 1, 3, 16, 16))


def _patches(ids):
    return dict(pixel_values=_noise(32, 96), image_grid_thw=torch.tensor([[1, 4, 4]] * 2), mm_token_type_ids=(ids == 90).long())


def _tiles(ids):
    own = dict(aspect_ratio_ids=torch.ones(2, 1, dtype=torch.long), aspect_ratio_mask=torch.ones(2, 1, 1, dtype=torch.long))
    return dict(pixel_values=_noise(2, 1, 1, 3, 16, 16), cross_attention_mask=torch.ones(2, 12, 1, 1, dtype=torch.long), **own)


def _attended(ids):
    return dict(pixel_values=_noise(2, 1, 3, 16, 16), image_attention_mask=torch.ones(2, 12, 1, dtype=torch.long))


# Model, configuration, its fields, how many tokens stand for the picture and where they begin, what is fed beside ids.
KINDS = {
    "llava": ("Llava", dict(text_config=dict(model_type="llama", **TEXT), vision_config=dict(model_type="clip_vision_model", **SMALL)), 4, 2, _pixels(8)),
    "pixtral": (
        "Llava",
        dict(
            text_config=dict(model_type="mistral", **TEXT), vision_config=dict(model_type="pixtral", **SMALL, **HEAD),
            vision_feature_layer=-1, vision_feature_select_strategy="full",
        ),
        4, 2, _sized,
    ),
    "paligemma": (
        "PaliGemma",
        dict(
            text_config=dict(model_type="gemma", **TEXT, **HEAD), vision_config=dict(model_type="siglip_vision_model", **SMALL, vision_use_head=False),
            projection_dim=32, hidden_size=32,
        ),
        4, 0, _typed(8),
    ),
    "gemma3": (
        "Gemma3",
        dict(
            text_config=dict(model_type="gemma3_text", **TEXT, **HEAD, **MIXED), mm_tokens_per_image=4,
            vision_config=dict(model_type="siglip_vision_model", **SIGHT, vision_use_head=False),
        ),
        4, 2, _typed(16),
    ),
    # As many patches as it has tokens at the end of generate(): 17.
    "internvl": (
        "InternVL",
        dict(
            text_config=dict(model_type="qwen2", **TEXT), vision_config={**SIGHT, "image_size": [16, 16], "patch_size": [4, 4]},
            image_token_id=90, image_seq_length=4, downsample_ratio=0.5,
        ),
        4, 2, _pixels(),
    ),
    "idefics3": ("Idefics3", dict(text_config=dict(model_type="llama", **TEXT), vision_config=SIGHT, image_token_id=90, scale_factor=2), 4, 2, _several),
    "smolvlm": ("SmolVLM", dict(text_config=dict(model_type="llama", **TEXT), vision_config=SIGHT, image_token_id=90, scale_factor=2), 4, 2, _several),
    "qwen2_5_vl": (
        "Qwen2_5_VL",
        dict(text_config=dict(**TEXT, **ROPE), vision_config=dict(**QWEN, window_size=16, fullatt_block_indexes=[1]), **QWEN_IDS),
        4, 2, _patches,
    ),
    "qwen3_vl": (
        "Qwen3VL",
        dict(text_config=dict(**TEXT, **HEAD, **ROPE), vision_config=dict(**QWEN, num_position_embeddings=16, deepstack_visual_indexes=[0]), **QWEN_IDS),
        4, 2, _patches,
    ),
    # Layers of these attend to the picture and not to the text.
    "mllama": (
        "Mllama",
        dict(
            text_config={**TEXT, "num_hidden_layers": 4, "cross_attention_layers": [1, 3], "rope_parameters": {"rope_type": "default", "rope_theta": 1e4}},
            vision_config=dict(
                hidden_size=32, num_hidden_layers=2, num_global_layers=1, attention_heads=4, intermediate_size=64, vision_output_dim=64,
                image_size=16, patch_size=4, max_num_tiles=1, supported_aspect_ratios=[[1, 1]], intermediate_layers_indices=[0],
            ),
        ),
        1, 2, _tiles,
    ),
    "idefics": (
        "IdeficsForVisionText2Text",
        dict(
            **{key: value for key, value in TEXT.items() if key not in ("num_key_value_heads", "max_position_embeddings")},
            additional_vocab_size=0, cross_layer_interval=1, use_resampler=False, qk_layer_norms=False,
            vision_config=dict(embed_dim=32, image_size=16, patch_size=4, intermediate_size=64, num_attention_heads=4, num_hidden_layers=2),
        ),
        0, 0, _attended,
    ),
    "blip-2": (
        "Blip2",
        dict(
            vision_config=SIGHT, qformer_config=dict(**QFORMER, cross_attention_frequency=1), num_query_tokens=4, image_token_index=90,
            text_config=dict(
                model_type="opt", hidden_size=32, num_hidden_layers=2, num_attention_heads=4, ffn_dim=64, vocab_size=99,
                word_embed_proj_dim=32, max_position_embeddings=64, pad_token_id=0, bos_token_id=1, eos_token_id=None,
            ),
        ),
        4, 2, _pixels(),
    ),
    "git": (
        "GitForCausalLM",
        dict(vision_config=SIGHT, **{key: value for key, value in TEXT.items() if key != "num_key_value_heads"}),
        0, 0, _pixels(),
    ),
}  # fmt: skip


def _class(kind):
    return kind if "For" in kind else f"{kind}ForConditionalGeneration"


def make(name):
    """make(attention) of a model, for models.sharpened."""
    kind, fields, *_ = KINDS[name]
    config = getattr(hf, kind.split("For")[0] + "Config")
    known = {} if "image_token_id" in fields or name in ("idefics", "git", "blip-2") else dict(image_token_index=90)
    return lambda attention: getattr(hf, _class(kind))._from_config(config(**fields, **known), attn_implementation=attention)


def feeds(name):
    """Two texts, each with its picture."""
    *_, count, at, beside = KINDS[name]
    ids = torch.randint(3, 80, (2, 12), generator=torch.Generator().manual_seed(2))
    ids[:, at : at + count] = 90
    return dict(input_ids=ids, **beside(ids))


def first_of(inputs):
    """The first text and its picture."""
    return {key: value[: len(value) // 2] for key, value in inputs.items()}


NAMES = [name for name, (kind, *_) in KINDS.items() if hasattr(hf, _class(kind))]
