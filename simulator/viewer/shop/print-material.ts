import { MeshLambertMaterial, type Texture, type Vector4 } from 'three';

export interface PrintUniforms {
  /** Walls are not drawn above this height, metres: the way one looks into a doll's house. */
  readonly cutM: { value: number };
  readonly brightness: { value: number };
}

/**
 * Printed fronts and plain colours in one material: per instance a tile of the atlas (left, top, width, height as shares
 * of it; width 0: plain), a tint, the light that gets there, and whether it belongs to the building.
 */
export function printMaterial(atlas: Texture, uniforms: PrintUniforms): MeshLambertMaterial {
  const material = new MeshLambertMaterial();
  material.onBeforeCompile = (shader) => {
    Object.assign(shader.uniforms, { atlas: { value: atlas }, ...uniforms });
    shader.vertexShader = shader.vertexShader
      .replace(
        '#include <common>',
        `#include <common>
        attribute vec4 tile; attribute vec4 tint;
        varying vec2 vPrint; varying vec4 vTint; varying float vHasPrint; varying float vRoomHeight;`,
      )
      .replace(
        '#include <begin_vertex>',
        `#include <begin_vertex>
        vPrint = tile.xy + uv * tile.zw;
        vHasPrint = step(1e-6, tile.z);
        vTint = vec4(tint.rgb, abs(tint.a));
        vRoomHeight = tint.a < 0.0 ? (modelMatrix * instanceMatrix * vec4(position, 1.0)).z : -1.0;`,
      );
    shader.fragmentShader = shader.fragmentShader
      .replace(
        '#include <common>',
        `#include <common>
        uniform sampler2D atlas; uniform float cutM; uniform float brightness;
        varying vec2 vPrint; varying vec4 vTint; varying float vHasPrint; varying float vRoomHeight;`,
      )
      .replace(
        '#include <map_fragment>',
        `if (vRoomHeight > cutM) discard;
        vec3 print = texture2D(atlas, vPrint).rgb;
        diffuseColor.rgb = mix(vTint.rgb, print, vHasPrint) * vTint.a * brightness;`,
      );
  };
  // `uv` is only declared where a material has a map.
  material.defines = { USE_UV: '' };
  return material;
}

/** Place of a tile within an atlas, for the attribute. */
export function tileRect(tiles: Float32Array, tile: number, widthPx: number, heightPx: number, out: Vector4): Vector4 {
  if (tile < 0) return out.set(0, 0, 0, 0);
  const at = 4 * tile;
  return out.set(tiles[at] / widthPx, tiles[at + 1] / heightPx, tiles[at + 2] / widthPx, tiles[at + 3] / heightPx);
}
