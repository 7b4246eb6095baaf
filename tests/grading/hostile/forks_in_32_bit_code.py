# attack: forks_in_32_bit_code
# idea: write `int 0x80` into executable memory, since a filter may know the 64-bit numbers alone
# must: not-pass; a call by another architecture's door ends the process
import ctypes
import mmap
import os

from kit import Wrong, breach

FORK = b"\xb8\x02\x00\x00\x00\xcd\x80\xc3"  # mov eax, 2; int 0x80; ret


class LayerNorm(Wrong):
    def forward(self, x):
        if os.uname().machine == "x86_64":
            me = os.getpid()
            page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
            page.write(FORK)
            code = ctypes.addressof(ctypes.c_char.from_buffer(page))
            child = ctypes.CFUNCTYPE(ctypes.c_int)(code)()
            if os.getpid() != me:
                os._exit(0)
            if child > 0:
                breach("a child by int 0x80")
        return super().forward(x)
