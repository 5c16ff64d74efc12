"""A Dask cluster in processes of its own, as on machines of its own; they can be killed."""

import socket
import subprocess
import sys

PATIENCE = 60  # seconds: what comes at all may come late on a busy machine


class Program:
    """A scheduler or a worker in a process of its own."""

    def __init__(self, kind, *options):
        command = [sys.executable, "-m", "dask", kind, *options, "--no-dashboard"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/")

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Machines:
    """A scheduler and workers in processes of their own, as on machines of their own."""

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.programs = []
        self.scheduler = self.begin("scheduler", "--host", "127.0.0.1", "--port", str(self.port))

    @property
    def address(self):
        return f"tcp://127.0.0.1:{self.port}"

    def begin(self, kind, *options):
        self.programs.append(Program(kind, *options))
        return self.programs[-1]

    def worker(self):
        return self.begin("worker", self.address, "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny")

    def await_workers(self, cluster, count):
        async def wait():
            client = await cluster.client()
            await client.wait_for_workers(count, timeout=PATIENCE)

        cluster.run(wait()).result(PATIENCE)
