#version 330 core
#include "lens.glsl"
layout(location = 0) in vec3 position;

uniform mat4 view;
uniform mat4 projection;

out vec3 world;

void main()
{
    gl_Position = pictured(position, view, projection);
    world = position;
}
