"""The data grid: columnar model, painter, filter and footer."""
