"""What `make lab` asks of JupyterLab: nothing is fetched that nobody asked for."""

c = get_config()  # noqa: F821 - JupyterLab provides it
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.news_url = None
c.LabApp.extension_manager = "readonly"
