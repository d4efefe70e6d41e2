"""What BertViz's functions do with a trace: display it or return it, in the theme of their display_mode."""

from ..errors import TraceError


def theme_of(display_mode):
    """BertViz's display_mode as a theme."""
    if display_mode in ("dark", "light"):
        return display_mode
    raise TraceError(f'display_mode is {display_mode!r}; expected "dark" or "light".')


def shown(trace, html_action, **options):
    """'view' draws it and returns None; 'return' returns an object whose `data` is the HTML."""
    result = trace.view(**options)
    if html_action == "return":
        return result
    if html_action != "view":
        raise TraceError(f"html_action is {html_action!r}; expected 'view' or 'return'.")
    try:
        from IPython.display import display
    except ImportError as error:
        raise TraceError("html_action='view' needs a notebook (IPython). Use html_action='return', or trace.html(path).") from error
    display(result)
    return None
