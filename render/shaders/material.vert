#version 330 core
// Vertices come posed in world axes. `finish`: roughness, number of the body part (rooms: 255); `paint`: linear albedo, openness to ambient light.
#include "lens.glsl"
layout(location = 0) in vec3 position;
layout(location = 1) in vec3 normal;
layout(location = 2) in vec2 along;
layout(location = 3) in vec2 finish;
layout(location = 4) in vec4 colour;
layout(location = 5) in vec3 position_next;

uniform mat4 view;
uniform mat4 projection;
uniform mat4 view_next;
uniform mat4 projection_next;

out vec3 world;
out vec3 facing;
out vec2 grain;
out float roughness;
out vec4 paint;
flat out float label;
#if MOVING
out vec4 later;
#endif

void main()
{
    gl_Position = pictured(position, view, projection);
    world = position;
    facing = normal;
    grain = along;
    roughness = finish.x;
    label = finish.y;
    paint = colour;
#if MOVING
    later = pictured(position_next, view_next, projection_next);
#endif
}
