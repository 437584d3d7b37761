"""The lines of docs/tasks.md, to which tests/test_tasks.py holds them: for type checkers, never run."""

import pandas as pd

import compexp_widgets as cw

network, data = cw.demo.vision_network(), cw.demo.vision_data()
study = cw.demo.vision_study()  # what cw.dissect(network, "layer4", data, "my_study") makes
pairs = cw.demo.nli_study()  # the same of a network that reads two sentences
some = data.sample(16, seed=0)  # a few of the images, for what is dissected below
data.picture(9).save("mine.png")  # stands for a picture of your own

best = study.top(20)
best.to_csv("best.csv")
best.to_latex("best.tex")
print(best[:3].to_frame()[["formula", "iou", "lift"]].round(2))

water = study.find(["water", "sea"])
paths = water.save("water", count=4)
print(water[:3], f"{len(paths)} pictures: {paths[0].name}, …", sep="\n")

layers = cw.dissect_layers(network, ["layer2", "layer4"], some, "layers")
by_length = {name: layer.to_frame().filter(like="iou_").mean() for name, layer in layers.items()}
print(pd.DataFrame(by_length).round(2))

look = study.look(network, "mine.png")
print(look)
print(look.units[["strength", "fires", "formula"]].head(3).round(2))
look.drawn(93).save("unit_93.png")

scores = study.score(["water OR sea", "car AND NOT road"])
print(scores.nlargest(3, "car AND NOT road").round(2))

untrained = cw.load_network("torchvision:mobilenet_v3_small", weights=None, preprocess="whole")
theirs = cw.dissect(untrained, "features.9", some, "untrained").to_frame()
ours = cw.dissect(network, "layer4", some, "trained").to_frame()
both = pd.concat({"trained": ours, "untrained": theirs})
print(both.groupby(level=0)["iou"].describe().round(2))

published = study.to_frame(only="object", quantile=0.005, beam_size=5, max_length=3, distinct=False)
print(published[["formula", "iou"]].head(3).round(2))

frequent = data.sample(16, seed=1).limited(min_images=4)
cw.dissect(network, "layer4", frequent, "frequent")
again = cw.open_study("frequent")
print(len(again.data), "images,", len(again.table.concepts), "of", len(data.concepts), "concepts")

unit = pairs[72]
print(unit.concepts(only="hypothesis token").head(3).round(2))
fires = unit.mask()
print(f"right on {pairs.right[fires].mean():.1%} of the pairs where it fires, on {pairs.right.mean():.1%} of all")

patches = cw.adversarial.PatchLibrary(study).find("fire engine", count=3)
budget = cw.adversarial.SearchSettings(budget=60)
found = cw.adversarial.suggest_edit(network, "mine.png", patches, target="fire station", settings=budget)
cw.adversarial.record(network, "mine.png", found.best[0].edit, target="fire station").save("paste.json")
