import torch
from torch import Tensor


def label_smoothing_cross_entropy(
    logits: Tensor, target: Tensor, label_smoothing: float, ignore_index: int = -100
) -> Tensor:
    """Cross-entropy with label smoothing, averaged. 带标签平滑的交叉熵，取平均。

    mean of −Σ_j q_j log p_j, p = softmax(logits), q = (1 − ε)·one-hot(target) + ε/K

    - logits: (N, K) floating point; target: (N,) int64; ε: label_smoothing, 0 to 1
      | logits：(N, K) 浮点；target：(N,) int64；ε 即 label_smoothing，0 到 1
    - returns a scalar tensor, mean over the samples whose target is not ignore_index
      | 返回标量张量：对 target 不等于 ignore_index 的样本取平均
    - ignored samples count nowhere; ignore_index may be any integer, a class included
      | 被忽略的样本完全不计入；ignore_index 可以是任意整数，包括某个类别
    - large logits must not overflow; the arguments stay untouched
      | logits 很大时不能溢出；不得改写参数
    - no built-in cross-entropy or NLL loss; log_softmax and logsumexp are allowed
      | 不得调用现成的交叉熵或 NLL 损失；log_softmax 和 logsumexp 可以用
    """
    raise NotImplementedError
