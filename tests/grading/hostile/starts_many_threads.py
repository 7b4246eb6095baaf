# attack: starts_many_threads
# idea: start 150 threads that sleep
# must: survive; no thread can be started
import threading
import time

from kit import Right, breach

try:
    for _ in range(150):
        threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
    breach("150 threads")
except RuntimeError:
    pass


class LayerNorm(Right):
    pass
