#version 330 core
// One sun-like key light with a soft shadow (the row of ceiling lamps), a dome of bounced light, and a weak fill from the camera.

const int SKIN = 0;
const int CLOTH = 1;
const int HAIR = 2;
const int PLAIN = 3;
const int FLOOR = 4;
const int WALL = 5;
const int SHADOW = 6;                  // an unseen sheet on the floor that only takes light away

struct DirectionalLight {
    vec3 color;
    float intensity;
    vec3 direction;
    sampler2D shadow_map;
    mat4 light_matrix;
};

uniform DirectionalLight directional_lights[1];
uniform vec3 ambient_light;
uniform vec3 cam_pos;

in vec3 world;
in vec3 facing;
in vec2 grain;
flat in int material_id;
in float roughness;
in vec4 paint;

out vec4 frag_color;

const float PI = 3.14159265;
const float SHADOW_BIAS = 0.0012;      // share of the light's depth range
const float PENUMBRA = 0.085;          // width of the lamps over their distance
const float SEARCH = 0.018;            // share of the shadow map in which occluders are looked for
const int TAPS = 12;
const int TAPS_ON_FIGURE = 7;
const float REACH_ON_FIGURE = 0.008;

float hash(vec2 p)
{
    vec3 q = fract(vec3(p.xyx) * 0.1031);
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}

float value_noise(vec2 p)
{
    vec2 cell = floor(p), f = fract(p);
    f = f * f * (3.0 - 2.0 * f);
    return mix(mix(hash(cell), hash(cell + vec2(1, 0)), f.x), mix(hash(cell + vec2(0, 1)), hash(cell + vec2(1, 1)), f.x), f.y);
}

// Fades detail that is finer than the pixels.
float detail(float per_metre)
{
    vec2 w = fwidth(grain) * per_metre;
    return clamp(1.2 - max(w.x, w.y) * 1.5, 0.0, 1.0);
}

vec2 spiral(int k, int taps, float turn)
{
    float r = sqrt((float(k) + 0.5) / float(taps));
    float a = float(k) * 2.39996 + turn;
    return r * vec2(cos(a), sin(a));
}

float shaded_share(vec3 uv, float reach, int taps, float turn)
{
    float shaded = 0.0;
    for (int k = 0; k < taps; ++k)
        shaded += texture(directional_lights[0].shadow_map, uv.xy + reach * spiral(k, taps, turn)).r < uv.z - SHADOW_BIAS ? 1.0 : 0.0;
    return shaded / float(taps);
}

vec3 in_shadow_map(vec3 n)
{
    vec4 at = directional_lights[0].light_matrix * vec4(world + 0.006 * n, 1.0);
    return at.xyz / at.w * 0.5 + 0.5;
}

// Share of the key light that reaches the floor: occluders are searched, their mean distance sets the penumbra (Fernando 2005).
float lit_floor(vec3 n)
{
    vec3 uv = in_shadow_map(n);
    float turn = 6.2832 * hash(gl_FragCoord.xy);
    float blockers = 0.0, gap = 0.0;
    for (int k = 0; k < TAPS; ++k) {
        float d = texture(directional_lights[0].shadow_map, uv.xy + SEARCH * spiral(k, TAPS, turn)).r;
        if (d < uv.z - SHADOW_BIAS) {
            blockers += 1.0;
            gap += uv.z - d;
        }
    }
    if (blockers < 0.5)
        return 1.0;
    float reach = clamp(PENUMBRA * gap / blockers * 4.0, 0.0015, SEARCH);
    return 1.0 - shaded_share(uv, reach, TAPS, turn);
}

vec3 floor_colour(vec3 colour)
{
    vec2 tile = grain / 0.6;
    vec2 joint = abs(fract(tile) - 0.5);
    vec2 width = max(fwidth(tile), vec2(0.004));
    float line = max(smoothstep(0.5 - 1.5 * width.x, 0.5, joint.x), smoothstep(0.5 - 1.5 * width.y, 0.5, joint.y));
    float mottle = value_noise(grain * 9.0) * 0.6 + value_noise(grain * 31.0) * 0.4 * detail(31.0);
    float speckle = (value_noise(grain * 140.0) - 0.5) * detail(140.0);
    colour *= 0.94 + 0.10 * mottle + 0.16 * speckle + 0.03 * hash(floor(tile));
    return colour * (1.0 - 0.22 * line / (1.0 + 60.0 * max(width.x, width.y)));
}

vec3 surface_colour(vec3 colour)
{
    if (material_id == FLOOR)
        return floor_colour(colour);
    if (material_id == WALL)
        return colour * (0.985 + 0.02 * value_noise(grain * 3.0) + 0.02 * (value_noise(grain * 60.0) - 0.5) * detail(60.0));
    if (material_id == CLOTH)
        return colour * (0.97 + 0.05 * value_noise(grain * 25.0) + 0.10 * (value_noise(grain * vec2(900.0, 700.0)) - 0.5) * detail(900.0));
    if (material_id == HAIR)
        return colour * (0.50 + 0.55 * value_noise(grain * vec2(420.0, 22.0)) * detail(420.0) + 0.7 * value_noise(grain * vec2(110.0, 7.0)));
    if (material_id == SKIN)
        return colour * (0.985 + 0.03 * value_noise(grain * 90.0));
    return colour;
}

float gloss(vec3 n, vec3 v, vec3 l)
{
    vec3 h = normalize(l + v);
    float a2 = pow(roughness, 4.0);
    float nh = max(dot(n, h), 0.0);
    float d = a2 / (PI * pow(nh * nh * (a2 - 1.0) + 1.0, 2.0));
    float f = 0.04 + 0.96 * pow(1.0 - max(dot(h, v), 0.0), 5.0);
    float strength = material_id == HAIR ? 0.08 : (material_id == SKIN ? 0.16 : (material_id == CLOTH ? 0.05 : 0.25));
    return strength * d * f;
}

vec3 shown(vec3 colour)                 // soft shoulder, then display gamma
{
    return pow(1.0 - exp(-1.15 * colour), vec3(1.0 / 2.2));
}

vec3 dome_light(vec3 n, vec3 v)
{
    vec3 dome = mix(vec3(0.60, 0.56, 0.50), vec3(1.0, 1.02, 1.05), 0.5 + 0.5 * n.y);
    return ambient_light * paint.a * (dome + 0.30 * max(dot(n, v), 0.0));
}

// How much darker the floor is drawn where less of the key light arrives; black with that opacity.
vec4 floor_shadow(vec3 n, vec3 v, vec3 l)
{
    vec3 dome = dome_light(n, v);
    vec3 key = directional_lights[0].color * directional_lights[0].intensity * max(dot(n, l), 0.0);
    vec3 dimmed = shown(paint.rgb * (dome + lit_floor(n) * key)) / shown(paint.rgb * (dome + key));
    return vec4(vec3(0.0), 1.0 - dimmed.g);
}

void main()
{
    vec3 v = normalize(cam_pos - world);
    vec3 l = normalize(-directional_lights[0].direction);
    vec3 n = normalize(facing);
    if (material_id == SHADOW) {
        frag_color = floor_shadow(n, v, l);
        return;
    }
    bool figure = material_id <= PLAIN;
    if (figure && dot(n, v) < 0.0)
        n = -n;
    vec3 albedo = surface_colour(paint.rgb);

    float wrap = material_id == SKIN ? 0.25 : (material_id == HAIR ? 0.4 : (material_id == CLOTH ? 0.12 : 0.0));
    float lambert = max((dot(n, l) + wrap) / (1.0 + wrap), 0.0);
    float lit = 1.0;
    if (figure && lambert > 0.0)
        lit -= shaded_share(in_shadow_map(n), REACH_ON_FIGURE, TAPS_ON_FIGURE, 6.2832 * hash(gl_FragCoord.xy));
    vec3 key = directional_lights[0].color * directional_lights[0].intensity * lit;
    vec3 light = key * lambert + dome_light(n, v);
    if (material_id == SKIN)            // light that went through thin skin
        light += key * vec3(0.08, 0.03, 0.02) * max(0.4 - abs(dot(n, l)), 0.0);

    vec3 colour = albedo * light + key * gloss(n, v, l) * max(dot(n, l), 0.0);
    if (material_id == FLOOR)           // lamps and far wall mirrored in the polish
        colour += 0.55 * pow(1.0 - max(dot(n, v), 0.0), 4.0) * vec3(0.9, 0.92, 0.9) * paint.a * ambient_light;
    if (material_id == CLOTH)
        colour += 0.12 * albedo * ambient_light * pow(1.0 - abs(dot(n, v)), 3.0);
    frag_color = vec4(shown(colour), 1.0);
}
