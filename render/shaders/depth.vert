#version 330 core
#include "lens.glsl"
#include "rolling.glsl"
layout(location = 0) in vec3 position;

uniform mat4 projection;

void main()
{
    gl_Position = pictured(as_exposed(position), view, projection);
}
