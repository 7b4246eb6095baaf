# attack: parameters_without_end
# idea: list parameters for ever
# must: not-pass; the judge's clock runs whatever the submission does
# limit: 0.3
import itertools

from kit import Wrong


class LayerNorm(Wrong):
    def named_parameters(self, *args, **kwargs):
        return ((f"p{number}", self.weight) for number in itertools.count())

    def named_buffers(self, *args, **kwargs):
        return itertools.repeat(("b", self.bias))
