// The generator of the run, drawing in the page: dense layers, half-precision weights.
(() => {
  const figure = document.getElementById("draw-figure");
  if (!figure) return;
  const network = JSON.parse(document.getElementById("data-draw").textContent);

  function halves(text) {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0)), view = new DataView(bytes.buffer), out = new Float32Array(bytes.length / 2);
    for (let i = 0; i < out.length; ++i) {
      const h = view.getUint16(2 * i, true), e = (h >> 10) & 31, m = h & 1023;
      out[i] = (h & 0x8000 ? -1 : 1) * (e === 0 ? m * 2 ** -24 : (1 + m / 1024) * 2 ** (e - 15));
    }
    return out;
  }
  const layers = network.layers.map((l) => {
    const weights = halves(l.weights);
    return { ...l, weights, bias: halves(l.bias), largest: weights.reduce((a, w) => Math.max(a, Math.abs(w)), 0) };
  });
  const latents = network.latents.map(halves);
  const FUNCTIONS = { identity: (v) => v, relu: (v) => Math.max(0, v), leaky_relu: (v, s) => (v < 0 ? s * v : v), tanh: Math.tanh, sigmoid: (v) => 1 / (1 + Math.exp(-v)) };

  // Every read finds every weight elsewhere: by a normal number times `noise` times the layer's largest weight. What a column sums up of it is
  // one normal number for each image: of standard deviation noise * largest * |x|.
  const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  function generate(z, noise = 0) {
    let x = z;
    for (const { in: n, out, weights, bias, activation, slope, largest } of layers) {
      const y = new Float32Array(out);
      let square = 0;
      for (let i = 0; i < n; ++i) {
        const v = x[i];
        square += v * v;
        if (v !== 0) for (let j = 0, at = i * out; j < out; ++j) y[j] += v * weights[at + j];
      }
      const sigma = noise * largest * Math.sqrt(square), f = FUNCTIONS[activation];
      for (let j = 0; j < out; ++j) y[j] = f(y[j] + (bias.length ? bias[j] : 0) + (sigma ? sigma * normal() : 0), slope);
      x = y;
    }
    return x;
  }

  const canvas = figure.querySelector("canvas"), { height, width, channels } = network, columns = 6, rows = 4, gap = 1;
  canvas.width = columns * (width + gap) + gap;
  canvas.height = rows * (height + gap) + gap;
  const context = canvas.getContext("2d");
  const [first, second, noise] = ["first", "second", "noise"].map((name) => figure.querySelector(`input[name=${name}]`));
  let picks = [];
  const pick = () => { picks = Array.from({ length: columns * rows }, () => Array.from({ length: 3 }, () => latents[Math.floor(Math.random() * latents.length)])); };

  function draw() {
    const a = Number(first.value), b = Number(second.value), share = Number(noise.value) / 100;
    const picture = context.createImageData(canvas.width, canvas.height);
    for (let i = 3; i < picture.data.length; i += 4) picture.data[i] = 255;
    picks.forEach(([z0, z1, z2], k) => {
      const image = generate(z0.map((v, i) => v + a * (z1[i] - v) + b * (z2[i] - v)), share);
      const left = gap + (k % columns) * (width + gap), top = gap + Math.floor(k / columns) * (height + gap);
      for (let y = 0; y < height; ++y)
        for (let x = 0; x < width; ++x)
          for (let c = 0; c < 3; ++c)
            picture.data[4 * ((top + y) * canvas.width + left + x) + c] = 127.5 * (1 + image[(Math.min(c, channels - 1) * height + y) * width + x]);
    });
    context.putImageData(picture, 0, 0);
    for (const input of [first, second, noise]) input.nextElementSibling.textContent = input === noise ? `${input.value} %` : formatNumber(Number(input.value), 2);
  }
  for (const input of [first, second, noise]) input.addEventListener("input", draw);
  figure.querySelector("button").addEventListener("click", () => { pick(); draw(); });
  figure.generate = (k, share) => [...generate(latents[k], share)];  // what the sliders use, for scripts of others
  pick();
  draw();
  figure.hidden = false;
})();
