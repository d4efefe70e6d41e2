#!/usr/bin/env python3
"""Writes test/fixtures/sound: spectrograms as Transformers makes them, and sound at other rates as torchaudio makes it.

    pip install transformers torch torchaudio && python scripts/make-sound-fixtures.py

The sounds are formulas, so that src/checkpoint/sound.test.ts makes them too.
"""

import json
from pathlib import Path

import numpy as np
import torch
import torchaudio
import transformers
from transformers import WhisperFeatureExtractor

OUT = Path(__file__).resolve().parent.parent / "test" / "fixtures" / "sound"
RATE = 16000

SPECTROGRAMS = [
    ("as golden", dict(feature_size=16, chunk_length=0.28, n_fft=400, hop_length=160), 4000),
    ("80 bands, filled", dict(feature_size=80, chunk_length=0.25), 3000),
    ("80 bands, cut", dict(feature_size=80, chunk_length=0.2), 9000),
    ("other windows", dict(feature_size=24, chunk_length=0.2, n_fft=320, hop_length=100), 3100),
    ("8000 Hz", dict(feature_size=20, sampling_rate=22050, chunk_length=0.1, n_fft=512, hop_length=200), 2000),
]
RATES = [(44100, 16000, 220), (48000, 16000, 200), (8000, 16000, 90), (22050, 16000, 130), (11025, 16000, 100)]


def noise(count):
    return (np.arange(count) * 7919 % 1013) / 506.5 - 1


def rounded(values, digits):
    return [round(float(value), digits) for value in values.flatten()]


def spectrogram(name, config, count):
    seconds, rate = config["chunk_length"], config.get("sampling_rate", RATE)
    t = np.arange(count) / rate
    wave = 0.4 * np.sin(2 * np.pi * 440 * t) + 0.2 * np.sin(2 * np.pi * 3000 * t * (1 + t)) + 0.05 * noise(count)
    # The class takes whole seconds only; files may hold others.
    extractor = WhisperFeatureExtractor(**{**config, "chunk_length": 1})
    extractor.chunk_length, extractor.n_samples = seconds, int(seconds * rate)
    out = extractor(wave.astype(np.float32), sampling_rate=rate, return_tensors="np")["input_features"][0]
    return dict(name=name, config=config, samples=count, shape=list(out.shape), values=rounded(out, 5))


def resampled(rate, to, count):
    t = np.arange(count) / rate
    wave = 0.4 * np.sin(2 * np.pi * 440 * t) + 0.3 * np.cos(2 * np.pi * 3100 * t) + 0.2 * noise(count)
    samples = torch.tensor(wave.astype(np.float32), dtype=torch.float64)
    out = torchaudio.functional.resample(samples[None], rate, to)[0].numpy()
    return dict({"from": rate}, to=to, samples=count, values=rounded(out, 6))


def write(name, source, cases):
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / f"{name}.json").write_text(json.dumps(dict(source=source, cases=cases), separators=(",", ":")))


write("spectrograms", f"transformers {transformers.__version__}", [spectrogram(*case) for case in SPECTROGRAMS])
write("resampled", f"torchaudio {torchaudio.__version__}", [resampled(*case) for case in RATES])
