from .impl import shown

__all__ = ["shown"]
