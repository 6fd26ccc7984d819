"""When a circle meets, who comes, who hosts, and what stays of a meeting afterwards."""
