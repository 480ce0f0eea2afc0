// From the world to the picture. `DISTORTED`: the lens bends vertices, as render/camera/lens.py bends points.

#if DISTORTED
uniform float distortion[5];           // k1 k2 p1 p2 k3
uniform float lens_edge;               // squared radius up to which the polynomial holds

vec3 bent(vec3 eye)
{
    if (eye.z > -0.05)
        return eye;
    vec2 p = vec2(eye.x, -eye.y) / -eye.z;
    float r2 = dot(p, p);
    float inside = min(r2, lens_edge), share = inside / max(r2, 1e-9);
    if (r2 <= lens_edge)
        share = 1.0;
    float radial = 1.0 + inside * (distortion[0] + inside * (distortion[1] + inside * distortion[4]));
    vec2 shift = 2.0 * distortion[2] * vec2(p.x * p.y, 0.0) + distortion[3] * vec2(r2 + 2.0 * p.x * p.x, 0.0);
    shift.y = 2.0 * distortion[3] * p.x * p.y + distortion[2] * (r2 + 2.0 * p.y * p.y);
    p = p * radial + share * shift;
    return vec3(p.x * -eye.z, p.y * eye.z, eye.z);
}
#else
vec3 bent(vec3 eye)
{
    return eye;
}
#endif

vec4 pictured(vec3 point, mat4 view, mat4 projection)
{
    return projection * vec4(bent((view * vec4(point, 1.0)).xyz), 1.0);
}
