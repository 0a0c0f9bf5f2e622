/** What the browser is given to draw: shapes, instances and one pinhole per picture. */
export interface WebglScene {
  readonly shapes: readonly { readonly position: readonly number[] }[];
  /** Per shape: instances × 16 column-major matrices, and ids. */
  readonly instances: readonly { readonly matrices: readonly number[]; readonly ids: readonly number[] }[];
  readonly cameras: readonly {
    readonly widthPx: number;
    readonly heightPx: number;
    readonly focalPx: number;
    /** 3 × 4 row-major: camera point (x right, y down, z forward) from world point. */
    readonly cameraFromWorld: readonly number[];
  }[];
}

/** Draws ids and depth of a scene with three.js; `window.draw(scene)` resolves to two numbers per pixel and camera. */
export const WEBGL_PAGE = /* html */ `<!doctype html><script type="module">
import * as THREE from '/three.module.js';
const vertexShader = \`
attribute float id;
varying float vDepth;
flat varying int vId;
void main() {
  vec4 p = modelViewMatrix * instanceMatrix * vec4(position, 1.0);
  vDepth = -p.z;
  vId = int(id + 0.5);
  gl_Position = projectionMatrix * p;
}\`;
const fragmentShader = \`
uniform int part;
varying float vDepth;
flat varying int vId;
void main() {
  int value = part == 0 ? vId : int(vDepth * 1000.0 + 0.5);
  gl_FragColor = vec4(float(value & 255), float(value >> 8), 255.0, 255.0) / 255.0;
}\`;
window.draw = (input) => {
  const material = new THREE.ShaderMaterial({ vertexShader, fragmentShader, uniforms: { part: { value: 0 } } });
  const scene = new THREE.Scene();
  input.shapes.forEach(({ position }, s) => {
    const { matrices, ids } = input.instances[s];
    if (ids.length === 0) return;
    const geometry = new THREE.BufferGeometry();
    geometry.setAttribute('position', new THREE.Float32BufferAttribute(position, 3));
    geometry.setAttribute('id', new THREE.InstancedBufferAttribute(Float32Array.from(ids), 1));
    const mesh = new THREE.InstancedMesh(geometry, material, ids.length);
    mesh.instanceMatrix.array.set(matrices);
    mesh.frustumCulled = false;
    scene.add(mesh);
  });
  const renderer = new THREE.WebGLRenderer({ antialias: false });
  renderer.setClearColor(0x000000, 0);
  return input.cameras.map(({ widthPx, heightPx, focalPx, cameraFromWorld: m }) => {
    const camera = new THREE.Camera();
    const [near, far] = [0.05, 60];
    camera.projectionMatrix.set(
      (2 * focalPx) / widthPx, 0, 0, 0,
      0, (2 * focalPx) / heightPx, 0, 0,
      0, 0, (near + far) / (near - far), (2 * near * far) / (near - far),
      0, 0, -1, 0);
    camera.matrixAutoUpdate = false;
    camera.matrixWorldAutoUpdate = false;
    // three.js looks along −z with y up.
    camera.matrixWorldInverse.set(
      m[0], m[1], m[2], m[3], -m[4], -m[5], -m[6], -m[7], -m[8], -m[9], -m[10], -m[11], 0, 0, 0, 1);
    camera.matrixWorld.copy(camera.matrixWorldInverse).invert();
    const target = new THREE.WebGLRenderTarget(widthPx, heightPx, { depthBuffer: true });
    return [0, 1].map((part) => {
      material.uniforms.part.value = part;
      renderer.setRenderTarget(target);
      renderer.clear();
      renderer.render(scene, camera);
      const rgba = new Uint8Array(4 * widthPx * heightPx);
      renderer.readRenderTargetPixels(target, 0, 0, widthPx, heightPx, rgba);
      const values = new Array(widthPx * heightPx);
      for (let y = 0; y < heightPx; y++)
        for (let x = 0; x < widthPx; x++) {
          const from = 4 * ((heightPx - 1 - y) * widthPx + x);
          values[y * widthPx + x] = rgba[from + 3] === 0 ? 0 : rgba[from] | (rgba[from + 1] << 8);
        }
      return values;
    });
  });
};
window.isReady = true;
</script>`;
