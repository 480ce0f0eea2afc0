#version 330 core
// One program per material (`MATERIAL`). `FIGURE`: it takes its own shadow. `MOVING`: where things are in the next frame is drawn too.
#include "surfaces.glsl"
#include "light.glsl"
#include "shadow.glsl"

uniform vec3 eye;
uniform vec2 extent;                   // of what is drawn, pixels as drawn
uniform float finer;                   // pixels as drawn to one of the picture

in vec3 world;
in vec3 facing;
in vec2 grain;
in float roughness;
in vec4 paint;
flat in float label;

layout(location = 0) out vec4 drawn;
layout(location = 1) out float drawn_label;
#if MOVING
in vec4 later;
layout(location = 2) out vec2 motion;
#endif

const float PI = 3.14159265;
const int TAPS = 5;
const float FLOOR_TOP_M = 0.03;        // what lies lower and faces up takes the figure's shadow

const bool WOVEN = MATERIAL == CLOTH || MATERIAL == KNIT || MATERIAL == DENIM;

float bell(float nh, float width)      // Trowbridge-Reitz distribution
{
    float a2 = pow(width, 4.0);
    return a2 / (PI * pow(nh * nh * (a2 - 1.0) + 1.0, 2.0));
}

float fresnel(float cosine)
{
    return 0.04 + 0.96 * pow(1.0 - max(cosine, 0.0), 5.0);
}

float shine()
{
    if (WOVEN)
        return 0.05;
    if (MATERIAL == METAL)
        return 1.2;
    if (MATERIAL == LEATHER)
        return 0.35;
    return 0.25;
}

// Strands reflect a band across their own direction (Kajiya & Kay 1989); a second, wider one has their colour.
vec3 hair_shine(vec3 albedo, vec3 n, vec3 v, vec3 l)
{
    vec3 dx = dFdx(world), dy = dFdy(world);
    vec2 gx = dFdx(grain), gy = dFdy(grain);
    vec3 strand = dy * gx.x - dx * gy.x;
    strand = normalize(strand - n * dot(strand, n) + 1e-6 * n.yzx);
    float across = dot(strand, normalize(l + v));
    float band = sqrt(max(1.0 - across * across, 0.0));
    return vec3(0.035 * pow(band, 60.0)) + 0.22 * albedo * pow(band, 14.0);
}

vec3 mirrored(vec3 albedo, vec3 n, vec3 v, vec3 l)
{
    if (MATERIAL == HAIR)
        return hair_shine(albedo, n, v, l);
    vec3 h = normalize(l + v);
    float nh = max(dot(n, h), 0.0), f = fresnel(dot(h, v));
    if (MATERIAL == SKIN)              // a wide film of sweat and a narrow one of oil
        return vec3(f * (0.15 * bell(nh, roughness) + 0.05 * bell(nh, 0.7 * roughness)));
    return (MATERIAL == METAL ? albedo : vec3(1.0)) * shine() * f * bell(nh, roughness);
}

vec3 wrap()                            // light that enters beyond the terminator; red goes furthest in skin
{
    if (MATERIAL == SKIN)
        return vec3(0.36, 0.24, 0.19);
    if (MATERIAL == HAIR)
        return vec3(0.4);
    return vec3(WOVEN ? 0.12 : 0.0);
}

vec3 received(vec3 n, vec3 l)
{
    return max((dot(n, l) + wrap()) / (1.0 + wrap()), 0.0);
}

vec3 around(vec3 albedo, vec3 n, vec3 v) // the surroundings mirrored, and fuzz
{
    float grazing = 1.0 - max(dot(n, v), 0.0);
    if (MATERIAL == FLOOR)
        return 0.55 * pow(grazing, 4.0) * dome_light(vec3(0.0, 0.3, 0.0)) * paint.a;
    if (WOVEN)
        return 0.12 * albedo * dome[0] * pow(grazing, 3.0) * paint.a;
    if (MATERIAL == SKIN)
        return 0.06 * pow(grazing, 3.0) * dome_light(reflect(-v, n)) * paint.a;
    if (MATERIAL == METAL)
        return 0.5 * albedo * dome_light(reflect(-v, n)) * paint.a;
    if (MATERIAL == LEATHER)
        return 0.10 * pow(grazing, 3.0) * dome_light(reflect(-v, n)) * paint.a;
    return vec3(0.0);
}

vec3 lit_colour(vec3 n, vec3 v)
{
    vec3 albedo = surface_colour(MATERIAL, paint.rgb, grain);
    if (MATERIAL == GLOW)
        return albedo;
    float lit = 1.0;
#if FIGURE
    lit = lit_share(in_shade(world, n), clamp(0.23 * softness, 0.004, 0.03), TAPS, 6.2832 * hash_of_pixel(gl_FragCoord.xy));
#endif
    vec3 key = key_colour * lit;
    vec3 light = key * received(n, to_key) + dome_light(n) * paint.a;
    for (int k = 0; k < FILLS; ++k)
        light += fill_colour[k] * paint.a * received(n, to_fill[k]);
    vec3 colour = albedo * light + key * max(dot(n, to_key), 0.0) * mirrored(albedo, n, v, to_key);
    return colour + around(albedo, n, v);
}

void main()
{
    vec3 v = normalize(eye - world);
    vec3 n = normalize(facing);
#if FIGURE
    if (dot(n, v) < 0.0)
        n = -n;
    float kept = 1.0;
#else
    float kept = n.y > 0.5 && world.y < FLOOR_TOP_M ? 1.0 : 0.0;
#endif
    bool unseen = MATERIAL == SHADOW;  // it only takes the shadow, on what lies behind everything
    drawn = vec4(unseen ? vec3(0.0) : shown(lit_colour(n, v)), kept);
    drawn_label = unseen ? 0.0 : label / 255.0;
#if MOVING
    motion = ((0.5 + 0.5 * later.xy / later.w) * extent - gl_FragCoord.xy) / finer * vec2(1.0, -1.0);
#endif
}
