"""Look inside neural networks, neuron by neuron: compositional explanations in JupyterLab.

>>> import compexp_widgets as cw
>>> study = cw.demo.vision_study()                   # a small world with a trained network, offline
>>> cw.VisionExplorer(study)                         # look at its units
>>> study.explain([17], max_length=3)[0].best        # or ask in code

>>> study = cw.demo.nli_study()                      # sentence pairs
>>> cw.NLIExplorer(study, cw.demo.nli_network())

>>> network = cw.load_network("torchvision:resnet18", preprocess="whole")
>>> study = cw.dissect(network, "layer4", cw.read_dataset("broden"), "my_study")
"""

from compexp_widgets.lazy_names import names_in_stub

__version__ = "0.1.0"
__getattr__, __dir__, __all__ = names_in_stub(__name__, __file__)
