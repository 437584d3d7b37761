"""The code of README.md, as it stands there. Never run here; written by maintenance/typed_documents.py."""
# fmt: off
# ruff: noqa - the lines of a notebook
# pyright: reportUnusedExpression=false

import compexp_widgets as cw

study = cw.demo.vision_study()  # a small world with a trained network, offline
network = cw.demo.vision_network()
cw.VisionExplorer(study)  # look at its units
study[17].formula, study[17].scores.iou  # or ask: what does a unit detect, and how well is that said?
study.top(20, by="lift").to_csv("best.csv")  # the best; study.to_frame() is all units as a pandas data frame
study.find("water").save("out")  # the units that speak of water, with their strongest pictures
study.score("water OR sea").nlargest(5)  # a formula of one's own on all units
study.explain(17, ranges=5)  # what each of five ranges of its activation stands for
study[17].evidence()  # is the formula real or luck?
cw.PasteLab(study, network)  # paste, recolour, remove; watch the answer change

pairs = cw.demo.nli_study()  # sentence pairs: does the premise entail the hypothesis?
cw.NLIExplorer(pairs, cw.demo.nli_network())
cw.TextLab(pairs, cw.demo.nli_network())  # change words; watch the answer change

network = cw.load_network("torchvision:resnet18", preprocess="whole")  # or any torch module of yours
data = cw.read_dataset("my_images")  # Broden, ADE20K, COCO panoptic, Cityscapes, or plain label maps
study = cw.dissect(network, "layer4", data, "my_study")  # stopped at any time, it continues
cw.VisionExplorer(study)
