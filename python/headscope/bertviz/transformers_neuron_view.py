"""BertViz's own copies of BERT, GPT-2 and RoBERTa, by the names of its recipes: here the classes of Transformers.

    from headscope.bertviz.transformers_neuron_view import BertModel, BertTokenizer

Its copies exist to return queries and keys; headscope records them of any model.
"""


def __getattr__(name):
    import transformers

    return getattr(transformers, name)
