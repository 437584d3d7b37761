"""Look inside neural networks, neuron by neuron: compositional explanations in JupyterLab."""
