#version 330 core
// What share of its light the floor under the figure still receives: less of the key light in the shadow, less of all light near the soles.
#include "light.glsl"
#include "shadow.glsl"

uniform sampler2D clearance;           // height of what is lowest above the floor, seen from below
uniform mat4 to_clearance;
uniform vec2 clearance_range;          // lowest height, and how much further it reaches, m

in vec3 world;

layout(location = 0) out float share;

const vec3 UP = vec3(0.0, 1.0, 0.0);
const vec3 LUMINANCE = vec3(0.2126, 0.7152, 0.0722);
const int TAPS = 12;
const int NEAR_TAPS = 8;
const float WIDEST_M = 0.22, NARROWEST_M = 0.006;
const float NEAR_M = 0.06;             // how far around the soles the floor is darker
const float NEAR_STRENGTH = 0.8;

// Occluders are looked for; their mean distance sets the width of the penumbra (Fernando 2005, SIGGRAPH sketch).
float lit_floor(vec2 turn)
{
    vec3 at = in_shade(world, UP);
    float search = clamp(0.5 * softness, NARROWEST_M, WIDEST_M) / shade_extent.x;
    float found = 0.0, gap = 0.0;
    for (int k = 0; k < TAPS; ++k) {
        float d = texture(shade_depth, at.xy + search * spiral(k, TAPS, turn)).r;
        if (d < at.z) {
            found += 1.0;
            gap += at.z - d;
        }
    }
    if (found < 0.5)
        return 1.0;
    float distance_m = gap / found * shade_extent.y;
    return lit_share(at, clamp(0.5 * softness * distance_m, NARROWEST_M, WIDEST_M), TAPS, turn);
}

float covered(vec2 turn)
{
    vec2 at = (to_clearance * vec4(world, 1.0)).xy;
    float scale = to_clearance[0][0] * NEAR_M;
    float near = 0.0;
    for (int k = 0; k < NEAR_TAPS; ++k) {
        float far = texture(clearance, at + scale * spiral(k, NEAR_TAPS, turn)).r;
        near += clamp(1.0 - (clearance_range.x + far * clearance_range.y) / NEAR_M, 0.0, 1.0);
    }
    return min(1.4 * near / float(NEAR_TAPS), 1.0);
}

void main()
{
    vec2 turn = turned(hash_of_pixel(gl_FragCoord.xy));
    float key = dot(key_colour, LUMINANCE) * max(to_key.y, 0.0);
    float rest = dot(dome_light(UP), LUMINANCE);
    for (int k = 0; k < FILLS; ++k)
        rest += dot(fill_colour[k], LUMINANCE) * max(to_fill[k].y, 0.0);
    float open = 1.0 - NEAR_STRENGTH * covered(turn);
    share = (key * lit_floor(turn) * mix(1.0, open, 0.6) + rest * open) / (key + rest);
}
