// How much light from all around is left beside other limbs (render/raster/limbs.py). A capsule hides what an endless cylinder would that
// runs across the line of sight: radius over distance, times the cosine (Hottel's crossed strings).

uniform vec3 limb_from[LIMBS];
uniform vec3 limb_to[LIMBS];
uniform vec3 limb_kind[LIMBS];         // radius; first and last part that it shades

const float LEAST_OPEN = 0.2;

float open_beside_limbs(vec3 point, vec3 n, float part)
{
    float open = 1.0;
    for (int k = 0; k < LIMBS; ++k) {
        if (part < limb_kind[k].y - 0.5 || part > limb_kind[k].z + 0.5)
            continue;
        vec3 along = limb_to[k] - limb_from[k], off = point - limb_from[k];
        vec3 away = off - clamp(dot(off, along) / max(dot(along, along), 1e-9), 0.0, 1.0) * along;
        float distance = max(length(away), 1e-4);
        open *= 1.0 - max(-dot(away, n) / distance, 0.0) * min(limb_kind[k].x / distance, 1.0);
    }
    return max(open, LEAST_OPEN);
}
