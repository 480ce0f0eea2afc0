#version 330 core
// Vertices come posed in world axes, one instance each. texcoord_0: metres on the surface along its grain; texcoord_1: material number, roughness;
// color_0: linear albedo and openness to ambient light.
layout(location = 0) in vec3 position;
layout(location = NORMAL_LOC) in vec3 normal;
layout(location = TEXCOORD_0_LOC) in vec2 texcoord_0;
layout(location = TEXCOORD_1_LOC) in vec2 texcoord_1;
layout(location = COLOR_0_LOC) in vec4 color_0;

uniform mat4 V;
uniform mat4 P;

out vec3 world;
out vec3 facing;
out vec2 grain;
flat out int material_id;
out float roughness;
out vec4 paint;

void main()
{
    gl_Position = P * V * vec4(position, 1.0);
    world = position;
    facing = normal;
    grain = texcoord_0;
    material_id = int(texcoord_1.x + 0.5);
    roughness = texcoord_1.y;
    paint = color_0;
}
