# attack: exits_pytest_politely
# idea: pytest.exit(returncode=0) ends the session politely with status 0
# must: not-pass; the submission's exceptions are answers, not the judge's
import pytest
from kit import Wrong


class LayerNorm(Wrong):
    def forward(self, x):
        pytest.exit("done", returncode=0)
