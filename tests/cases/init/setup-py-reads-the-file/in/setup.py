from setuptools import setup

setup(name="demo-ship", version=open("version.txt").read().strip(), long_description_content_type="text/x-rst")
