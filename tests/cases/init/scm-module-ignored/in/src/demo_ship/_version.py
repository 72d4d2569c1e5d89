__version__ = '1.1.1.dev3+gabcdef0'
