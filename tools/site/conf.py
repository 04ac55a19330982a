"""Settings of the documentation site; tools/site/build.py stages its pages and calls Sphinx."""
import os

project = "ganbar"
author = "The ganbar developers"
copyright = "The ganbar developers, Apache-2.0"
version = release = os.environ["GANBAR_SITE_VERSION"]
extensions = ["myst_parser", "sphinx_design", "sphinx_copybutton"]
myst_enable_extensions = ["colon_fence", "deflist", "attrs_inline", "attrs_block"]
myst_heading_anchors = 4
myst_links_external_new_tab = False
root_doc = "index"
html_theme = "furo"
html_title = f"ganbar {version}"
html_static_path = [os.environ["GANBAR_SITE_STAGE"] + "/_static"]
html_css_files = ["site.css"]
html_extra_path = [os.environ["GANBAR_SITE_STAGE"] + "/pages"]  # whole HTML pages that the program wrote
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True, "top_of_page_buttons": []}
exclude_patterns = ["pages", "files"]
pygments_style = "tango"
pygments_dark_style = "monokai"
copybutton_prompt_text = "$ "
nitpicky = True
