"""Writes a model of GPT-2 small's shape with random weights (124 million parameters, float32) into a folder.

Speed does not depend on what the weights say, so nothing has to be downloaded.
"""
import sys

import torch
from transformers import GPT2Config, GPT2LMHeadModel

torch.manual_seed(1)
GPT2LMHeadModel(GPT2Config()).save_pretrained(sys.argv[1])
