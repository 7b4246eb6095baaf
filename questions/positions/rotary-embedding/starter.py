from torch import Tensor


def apply_rope(x: Tensor, positions: Tensor | None = None, base: float = 10000.0) -> Tensor:
    """Rotary position embedding of adjacent pairs. 相邻两维为一对的旋转位置编码。

    y[2i]     = x[2i] cos a − x[2i + 1] sin a
    y[2i + 1] = x[2i] sin a + x[2i + 1] cos a        a = p · base^(−2i/d), in radians | 弧度

    - x: (..., T, d), any strides; y keeps its shape, dtype and device; x stays untouched
      | 任意前导维与步长；y 的形状、dtype、设备与 x 相同；不改写 x
    - positions: int64, p ≥ 0; (T,), or (..., T) broadcast over the leading dimensions of x;
      None: 0, 1, …, T − 1 | int64，非负；形状 (T,)，或能广播到 x 前导维的 (..., T)
    - angles in float32 or wider, also for half precision and under autocast
      | 角度至少用 float32 计算，半精度输入和 autocast 下也一样
    - odd d: raise | d 为奇数时抛出异常
    """
    raise NotImplementedError
