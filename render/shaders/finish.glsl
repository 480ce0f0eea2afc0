// How materials send light back (`MATERIAL`), as far as vertices and pixels must agree on it.
#include "materials.glsl"

const bool WOVEN = MATERIAL == CLOTH || MATERIAL == KNIT || MATERIAL == DENIM;

vec3 wrap()                            // light that enters beyond the terminator; red goes furthest in skin
{
    if (MATERIAL == SKIN)
        return vec3(0.36, 0.24, 0.19);
    if (MATERIAL == HAIR)
        return vec3(0.4);
    return vec3(WOVEN ? 0.12 : 0.0);
}

vec3 received(float cosine)
{
    return max((cosine + wrap()) / (1.0 + wrap()), 0.0);
}

vec3 surroundings(vec3 n, vec3 v)      // mirrored, and fuzz; how much of it is seen: `grazed`
{
    if (MATERIAL == FLOOR)
        return 0.55 * dome_light(vec3(0.0, 0.3, 0.0));
    if (WOVEN)
        return 0.12 * dome[0];
    if (MATERIAL == SKIN)
        return 0.06 * dome_light(reflect(-v, n));
    if (MATERIAL == METAL)
        return 0.5 * dome_light(reflect(-v, n));
    if (MATERIAL == LEATHER)
        return 0.10 * dome_light(reflect(-v, n));
    return vec3(0.0);
}

vec3 grazed(vec3 albedo, float cosine)
{
    float grazing = 1.0 - max(cosine, 0.0), grazing2 = grazing * grazing;
    if (MATERIAL == FLOOR)
        return vec3(grazing2 * grazing2);
    if (WOVEN)
        return grazing2 * grazing * albedo;
    return MATERIAL == METAL ? albedo : vec3(grazing2 * grazing);
}
