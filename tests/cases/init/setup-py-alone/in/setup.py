from setuptools import setup

setup(name="demo-ship", version="1.0.1")
