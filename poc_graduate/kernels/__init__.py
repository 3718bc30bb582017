"""Warm kernels: forks of processes that have imported what a notebook imports first.

To run notebooks in them, one parent for as many runs and worker processes as there are::

    from poc_graduate.kernels.imports import of_cells
    from poc_graduate.kernels.parent import register, warm_parent

    with warm_parent(of_cells(sources_of_code_cells)) as warm:
        register()  # in each process that runs papermill; needless where the package is installed
        papermill.execute_notebook(
            notebook, output, parameters, engine_name=warm.engine, **warm.options
        )

`engine` and `options` are plain values, which may be handed to worker processes. The run is
papermill's own in all else. Where a fork would differ from a fresh kernel the kernel starts as
usual, and `papermill.kernel` in the metadata of the executed notebook says why.
"""
