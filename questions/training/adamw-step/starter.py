from typing import Any

import torch
from torch import Tensor


def adamw_step(
    p: Tensor,
    g: Tensor,
    state: dict[str, Any] | None,
    lr: float = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 1e-2,
) -> tuple[Tensor, dict[str, Any]]:
    """One step of AdamW, as a pure function. 一步 AdamW，写成纯函数。

    (p, g, state) → (new p, new state); equals torch.optim.AdamW | 与 torch.optim.AdamW 一致

    - state: None at the first step, then the dictionary you returned last
      | 第一步是 None，之后是你上一步返回的字典
    - the dictionary holds tensors and numbers, under keys of your choice
      | 字典里放张量和数，键名自定
    - p, g, state are not modified; no global variables | 不改写 p、g、state，不用全局变量
    - new p: shape and dtype of p, no graph | 新的 p：形状和 dtype 与 p 相同，不带计算图
    - float16 / bfloat16: moments in float32 | 半精度：动量用 float32
    - no torch.optim | 不得调用 torch.optim
    """
    raise NotImplementedError
