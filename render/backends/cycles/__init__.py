"""Pictures by Blender's path tracer. `painter.py` runs here, `studio.py` and `finishes.py` in the Python that has `bpy`."""
