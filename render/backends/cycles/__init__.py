"""Pictures by Blender's path tracer. `painter.py` runs here, `blender_side.py` and `finishes.py` in the Python that has `bpy`."""
