"""How Blender shades each material. Runs in Blender's Python."""

from dataclasses import dataclass

import bpy


@dataclass(frozen=True)
class Finish:
    """``specular`` level (0.5: a dielectric of index 1.5); ``scales`` cells of noise per metre along both directions of the grain and
    ``strength``, its range as a share of the colour; ``relief`` height in metres of the same noise; ``slabs`` length, height and joint
    (m) of tiles, planks or bricks, ``shift`` of each second row as a share of the length, ``joint_shade`` the colour of joints as a
    share; ``sheen``, ``metallic`` and ``subsurface`` 0 to 1."""

    specular: float = 0.4
    scales: tuple[float, float] = (3.0, 3.0)
    strength: float = 0.0
    relief: float = 0.0
    slabs: tuple[float, float, float] | None = None
    shift: float = 0.0
    joint_shade: float = 0.7
    sheen: float = 0.0
    metallic: float = 0.0
    subsurface: float = 0.0


FINISHES: dict[str, Finish] = {
    "SKIN": Finish(specular=0.4, scales=(90.0, 90.0), strength=0.06, subsurface=0.12),
    "CLOTH": Finish(specular=0.2, scales=(900.0, 700.0), strength=0.18, relief=0.0003, sheen=0.25),
    "KNIT": Finish(specular=0.15, scales=(300.0, 180.0), strength=0.3, relief=0.0008, sheen=0.4),
    "DENIM": Finish(specular=0.2, scales=(500.0, 900.0), strength=0.35, relief=0.0003, sheen=0.15),
    "HAIR": Finish(specular=0.3, scales=(420.0, 18.0), strength=0.8, relief=0.001),
    "LEATHER": Finish(specular=0.5, scales=(250.0, 250.0), strength=0.1, relief=0.0002),
    "RUBBER": Finish(specular=0.35, scales=(200.0, 200.0), strength=0.08),
    "METAL": Finish(specular=0.5, scales=(40.0, 900.0), strength=0.05, metallic=1.0),
    "PLAIN": Finish(),
    "FLOOR": Finish(specular=0.5, scales=(60.0, 60.0), strength=0.16, slabs=(0.6, 0.6, 0.004)),
    "WALL": Finish(specular=0.15, scales=(60.0, 60.0), strength=0.04, relief=0.0003),
    "WOOD": Finish(specular=0.45, scales=(4.0, 120.0), strength=0.35, slabs=(1.2, 0.12, 0.002), shift=0.37),
    "CARPET": Finish(specular=0.05, scales=(400.0, 400.0), strength=0.5, relief=0.002, sheen=0.3),
    "ASPHALT": Finish(specular=0.3, scales=(220.0, 220.0), strength=0.5, relief=0.002),
    "PAVING": Finish(specular=0.25, scales=(90.0, 90.0), strength=0.2, slabs=(0.4, 0.4, 0.008), shift=0.5),
    "GRASS": Finish(specular=0.1, scales=(300.0, 60.0), strength=0.8, relief=0.01),
    "BRICK": Finish(specular=0.15, scales=(120.0, 120.0), strength=0.3, slabs=(0.25, 0.075, 0.01), shift=0.5),
}


def make_material(name: str) -> bpy.types.Material:
    """A Blender material that reads the vertex attributes ``paint``, ``grain`` and ``polish``; ``GLOW`` shines with its paint."""
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    nodes, link = material.node_tree.nodes, material.node_tree.links.new
    shader = nodes["Principled BSDF"]
    paint = _attribute(nodes, "paint")
    if name == "GLOW":
        shader.inputs["Base Color"].default_value = (0.0, 0.0, 0.0, 1.0)
        shader.inputs["Emission Strength"].default_value = 1.0
        link(paint.outputs["Color"], shader.inputs["Emission Color"])
        return material
    finish = FINISHES.get(name, FINISHES["PLAIN"])
    link(_attribute(nodes, "polish").outputs["Fac"], shader.inputs["Roughness"])
    shader.inputs["Specular IOR Level"].default_value = finish.specular
    shader.inputs["Metallic"].default_value = finish.metallic
    shader.inputs["Sheen Weight"].default_value = finish.sheen
    shader.inputs["Subsurface Weight"].default_value = finish.subsurface
    shader.inputs["Subsurface Radius"].default_value = (0.008, 0.004, 0.002)
    shader.inputs["Subsurface Scale"].default_value = 1.0
    link(_coloured(nodes, link, finish, paint, shader), shader.inputs["Base Color"])
    return material


def _coloured(nodes, link, finish: Finish, paint, shader):  # noqa: ANN001, ANN202 - Blender's own types have no stubs
    """The socket that carries the paint with noise and joints; puts relief on ``shader``."""
    colour, grain = paint.outputs["Color"], _attribute(nodes, "grain").outputs["Vector"]
    if finish.strength:
        noise = _noise(nodes, link, grain, finish.scales)
        colour = _times(nodes, link, colour, _ranged(nodes, link, noise, 1 - finish.strength, 1 + finish.strength))
        if finish.relief:
            bump = nodes.new("ShaderNodeBump")
            bump.inputs["Distance"].default_value = finish.relief
            link(noise, bump.inputs["Height"])
            link(bump.outputs["Normal"], shader.inputs["Normal"])
    if finish.slabs:
        colour = _times(nodes, link, colour, _slabs(nodes, link, grain, finish, finish.slabs))
    return colour


def _attribute(nodes, name: str):  # noqa: ANN001, ANN202
    node = nodes.new("ShaderNodeAttribute")
    node.attribute_name = name
    return node


def _noise(nodes, link, grain, scales: tuple[float, float]):  # noqa: ANN001, ANN202
    stretch = nodes.new("ShaderNodeVectorMath")
    stretch.operation = "MULTIPLY"
    stretch.inputs[1].default_value = (*scales, 1.0)
    link(grain, stretch.inputs[0])
    noise = nodes.new("ShaderNodeTexNoise")
    noise.noise_dimensions = "2D"
    noise.inputs["Scale"].default_value = 1.0
    link(stretch.outputs[0], noise.inputs["Vector"])
    return noise.outputs["Fac"]


def _slabs(nodes, link, grain, finish: Finish, size: tuple[float, float, float]):  # noqa: ANN001, ANN202
    length, height, joint = size
    bricks = nodes.new("ShaderNodeTexBrick")
    bricks.offset, bricks.squash = finish.shift, 1.0
    for socket, value in (
        ("Scale", 1.0),
        ("Brick Width", length),
        ("Row Height", height),
        ("Mortar Size", 0.5 * joint),
    ):
        bricks.inputs[socket].default_value = value
    bricks.inputs["Mortar Smooth"].default_value = 0.1
    for socket, shade in (("Color1", 0.93), ("Color2", 1.0), ("Mortar", finish.joint_shade)):
        bricks.inputs[socket].default_value = (shade, shade, shade, 1.0)
    link(grain, bricks.inputs["Vector"])
    return bricks.outputs["Color"]


def _ranged(nodes, link, value, low: float, high: float):  # noqa: ANN001, ANN202
    """Noise lies between about 0.3 and 0.7."""
    spread = nodes.new("ShaderNodeMapRange")
    for socket, number in (("From Min", 0.3), ("From Max", 0.7), ("To Min", low), ("To Max", high)):
        spread.inputs[socket].default_value = number
    link(value, spread.inputs["Value"])
    return spread.outputs["Result"]


def _times(nodes, link, colour, factor):  # noqa: ANN001, ANN202
    product = nodes.new("ShaderNodeVectorMath")
    product.operation = "MULTIPLY"
    link(colour, product.inputs[0])
    link(factor, product.inputs[1])
    return product.outputs["Vector"]


def make_label_material(name: str) -> bpy.types.Material:
    """Shines with ``(depth along the view axis, part, 0)`` if called ``depth_and_part``, with the attribute ``step`` plus `STEP_ZERO` if
    called ``step``."""
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    nodes, link = material.node_tree.nodes, material.node_tree.links.new
    nodes.clear()
    emission, output = nodes.new("ShaderNodeEmission"), nodes.new("ShaderNodeOutputMaterial")
    link(emission.outputs["Emission"], output.inputs["Surface"])
    if name == "step":
        offset = nodes.new("ShaderNodeVectorMath")
        offset.inputs[1].default_value = (STEP_ZERO,) * 3
        link(_attribute(nodes, "step").outputs["Vector"], offset.inputs[0])
        link(offset.outputs["Vector"], emission.inputs["Color"])
        return material
    values = nodes.new("ShaderNodeCombineColor")
    link(nodes.new("ShaderNodeCameraData").outputs["View Z Depth"], values.inputs["Red"])
    link(_attribute(nodes, "part").outputs["Fac"], values.inputs["Green"])
    link(values.outputs["Color"], emission.inputs["Color"])
    return material


STEP_ZERO = 8.0
"""Light cannot be negative: steps are drawn with this many metres added."""
