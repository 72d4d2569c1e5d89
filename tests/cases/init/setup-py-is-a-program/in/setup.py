from setuptools import setup

setup(name="demo-ship", version=worked_out())
