#version 330 core
// Vertices come posed in world axes. `finish`: roughness, number of the body part (rooms: 255); `colour`: linear albedo, openness to ambient light.
// Light that changes slowly is worked out here: meshes are fine where they are round, and flat faces receive the same light all over.
#include "lens.glsl"
#include "rolling.glsl"
#include "light.glsl"
#include "finish.glsl"
#if FIGURE
#include "limbs.glsl"
#endif
layout(location = 0) in vec3 position;
layout(location = 1) in vec3 normal;
layout(location = 2) in vec2 along;
layout(location = 3) in vec2 finish;
layout(location = 4) in vec4 colour;
layout(location = 5) in vec3 position_next;

uniform mat4 projection;
uniform mat4 view_next;
uniform mat4 projection_next;

out vec3 world;
out vec3 facing;
out vec2 grain;
out vec4 paint;                        // albedo, roughness to the fourth
out vec3 soft;                         // light from everywhere but the key; of rooms the key's as well
out vec3 gleam;                        // the surroundings mirrored
flat out float label;
#if MOVING
out vec4 later;
#endif

void main()
{
    world = as_exposed(position);
    gl_Position = pictured(world, view, projection);
    facing = normal;
    grain = along;
    paint = vec4(colour.rgb, pow(finish.x, 4.0));
    label = finish.y;
    vec3 n = normalize(normal), v = normalize(eye - world);
#if FIGURE
    if (dot(n, v) < 0.0)
        n = -n;
    float open = colour.a * open_beside_limbs(world, n, label);
#else
    float open = colour.a;
#endif
    soft = dome_light(n);
    for (int k = 0; k < FILLS; ++k)
        soft += fill_colour[k] * received(dot(n, to_fill[k]));
    soft *= open;
#if !FIGURE
    soft += key_colour * received(dot(n, to_key));
#endif
    gleam = open * surroundings(n, v);
#if MOVING
    later = pictured(position_next, view_next, projection_next);
#endif
}
