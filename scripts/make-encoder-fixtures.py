"""Makes small goldens of encoders, encoder-decoders and image models that the golden set does not have: other heads
(test/fixtures/goldens-heads) and options (test/fixtures/goldens-options). Random weights from a seed; expected are
attention and logits, or hidden states of bare models. Run it from the repository root:

    pip install torch transformers safetensors
    python scripts/make-encoder-fixtures.py [NAME...]
"""

import json
import sys
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file

FIXTURES = Path("test/fixtures")
IDS = [3, 14, 15, 1, 9, 26, 1, 35, 8]
DECODER_IDS = [2, 7, 30, 11, 5]
ENCODER = dict(vocab_size=40, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24,
               max_position_embeddings=16, num_labels=3, pad_token_id=1, bos_token_id=2, eos_token_id=2)
DISTIL = dict(vocab_size=40, dim=16, n_layers=2, n_heads=2, hidden_dim=24, max_position_embeddings=16, num_labels=3)
T5 = dict(vocab_size=40, d_model=16, d_kv=6, d_ff=24, num_layers=2, num_heads=2, relative_attention_num_buckets=6,
          relative_attention_max_distance=10, decoder_start_token_id=0)
BART = dict(vocab_size=40, d_model=16, encoder_layers=1, decoder_layers=2, encoder_attention_heads=4,
            decoder_attention_heads=2, encoder_ffn_dim=24, decoder_ffn_dim=20, max_position_embeddings=16,
            pad_token_id=1, bos_token_id=0, eos_token_id=2, decoder_start_token_id=2, forced_eos_token_id=2)
VIT = dict(hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24, image_size=8,
           patch_size=4, num_labels=3)
DEBERTA = dict(vocab_size=40, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24,
               max_position_embeddings=16, num_labels=3, pad_token_id=1, relative_attention=True, type_vocab_size=0)
WHISPER = dict(vocab_size=40, d_model=12, num_mel_bins=6, encoder_layers=2, decoder_layers=1, encoder_attention_heads=2,
               decoder_attention_heads=3, encoder_ffn_dim=24, decoder_ffn_dim=20, max_source_positions=9,
               max_target_positions=12, classifier_proj_size=7, num_labels=3, pad_token_id=1, bos_token_id=0,
               eos_token_id=2, decoder_start_token_id=2)
LOCAL = {"layer_types": ["sliding_attention", "full_attention"], "local_attention": 5}
ROPE = {"full_attention": {"rope_type": "linear", "factor": 4.0, "rope_theta": 500.0},
        "sliding_attention": {"rope_type": "default", "rope_theta": 50.0}}

HEADS = {
    "RobertaForSequenceClassification": ENCODER,
    "RobertaForTokenClassification": ENCODER,
    "RobertaForQuestionAnswering": {**ENCODER, "num_labels": 2},
    "DistilBertModel": DISTIL,
    "DistilBertForSequenceClassification": DISTIL,
    "DistilBertForQuestionAnswering": {**DISTIL, "num_labels": 2},
    "AlbertModel": {**ENCODER, "embedding_size": 8},
    "AlbertForPreTraining": {**ENCODER, "embedding_size": 8},
    "AlbertForSequenceClassification": {**ENCODER, "embedding_size": 8, "num_hidden_groups": 2, "inner_group_num": 2,
                                        "num_hidden_layers": 3},
    "ElectraForSequenceClassification": {**ENCODER, "embedding_size": 8},
    "ElectraForTokenClassification": {**ENCODER, "embedding_size": 16},
    "ModernBertModel": {**ENCODER, **LOCAL},
    "ModernBertForSequenceClassification": {**ENCODER, **LOCAL, "classifier_pooling": "mean"},
    "ModernBertForTokenClassification": {**ENCODER, "classifier_bias": True, "classifier_activation": "relu"},
    "T5EncoderModel": T5,
    "T5Model": T5,
    "BartModel": BART,
    "MarianModel": BART,
    "ViTModel": VIT,
    "DebertaV2Model": {**DEBERTA, "pos_att_type": "c2p", "max_relative_positions": 5},
    "DebertaV2ForSequenceClassification": {**DEBERTA, "pos_att_type": ["p2c"], "position_buckets": 4,
                                           "position_biased_input": False, "pooler_hidden_act": "tanh"},
    "WhisperModel": WHISPER,
    "WhisperForAudioClassification": WHISPER,
}
OPTIONS = {
    "roberta": ("RobertaForMaskedLM", {**ENCODER, "tie_word_embeddings": False, "type_vocab_size": 2}),
    "modernbert": ("ModernBertForMaskedLM", {**ENCODER, **LOCAL, "rope_parameters": ROPE, "decoder_bias": False,
                                             "tie_word_embeddings": False}),
    "t5": ("T5ForConditionalGeneration", {**T5, "feed_forward_proj": "gated-silu", "num_decoder_layers": 1}),
    "bart": ("BartForConditionalGeneration", {**BART, "activation_function": "relu", "tie_word_embeddings": False}),
    "marian": ("MarianMTModel", {**BART, "d_model": 15, "encoder_attention_heads": 3, "decoder_attention_heads": 5,
                                 "scale_embedding": True, "tie_word_embeddings": False}),
    "deberta_v2": ("DebertaV2ForTokenClassification", {**DEBERTA, "pos_att_type": ["c2p"], "relative_attention": False,
                                                      "conv_kernel_size": 5, "conv_groups": 2}),
    "deberta_v2_own": ("DebertaV2ForQuestionAnswering", {**DEBERTA, "pos_att_type": "p2c|c2p", "num_labels": 2,
                                                        "norm_rel_ebd": "layer_norm", "position_buckets": 6,
                                                        "share_att_key": False, "conv_kernel_size": 3}),
    "vit": ("ViTForImageClassification", {**VIT, "image_size": [8, 12], "patch_size": [4, 3], "qkv_bias": False}),
}
ENCODERS = ("T5EncoderModel", "WhisperForAudioClassification")


def make_golden(name, settings, folder):
    kind = getattr(transformers, name)
    torch.manual_seed(3)
    model = kind(kind.config_class(**settings, attn_implementation="eager")).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.add_(0.3 * torch.randn_like(parameter))
        if hasattr(model, "final_logits_bias"):
            model.final_logits_bias += torch.randn_like(model.final_logits_bias)
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    model = kind.from_pretrained(folder, attn_implementation="eager").eval()
    case, inputs = inputs_of(model)
    with torch.no_grad():
        output = model(**inputs, output_attentions=True, output_hidden_states=True)
    tensors = {f"i0.{key}": value[0].contiguous() for key, value in expected(output).items()}
    for key in ("pixel_values", "input_features"):
        if key in inputs:
            tensors[f"i0.{key}"] = inputs[key][0]
    save_file(tensors, folder / "expected.safetensors")
    case["tensors"] = {key[3:]: {"name": key, "shape": list(value.shape)} for key, value in tensors.items()}
    (folder / "expected.json").write_text(json.dumps({"kind": "head", "inputs": [case]}) + "\n")


def inputs_of(model):
    if model.config.model_type == "vit":
        embeddings = [module for module in model.modules() if hasattr(module, "cls_token")][0]
        height, width = embeddings.patch_embeddings.image_size
        return {}, {"pixel_values": torch.randn(1, 3, height, width)}
    case, inputs = {"ids": IDS}, {"input_ids": torch.tensor([IDS])}
    if model.config.model_type == "whisper":
        case, inputs = {}, {"input_features": torch.randn(1, model.config.num_mel_bins, 2 * model.config.max_source_positions)}
    if model.config.model_type in ("albert", "electra"):
        case["type_ids"] = [0] * 5 + [1] * 4
        inputs["token_type_ids"] = torch.tensor([case["type_ids"]])
    if model.config.is_encoder_decoder and type(model).__name__ not in ENCODERS:
        case["decoder_ids"] = DECODER_IDS
        inputs["decoder_input_ids"] = torch.tensor([DECODER_IDS])
    return case, inputs


def expected(output):
    """Attention of each stack, and what the model gives."""
    stacks = {"attn": "attentions", "enc_attn": "encoder_attentions", "dec_attn": "decoder_attentions",
              "cross_attn": "cross_attentions"}
    found = {short: torch.stack(output[key], 1) for short, key in stacks.items() if output.get(key)}
    if "start_logits" in output:
        return {**found, "logits": torch.stack([output.start_logits, output.end_logits], -1)}
    for key in ("logits", "prediction_logits"):
        if key in output:
            return {**found, "logits": output[key]}
    return found


wanted = sys.argv[1:] or [*HEADS, *OPTIONS]
for name, settings in HEADS.items():
    if name in wanted:
        make_golden(name, settings, FIXTURES / "goldens-heads" / name)
for name, (kind, settings) in OPTIONS.items():
    if name in wanted:
        make_golden(kind, settings, FIXTURES / "goldens-options" / name)
