// Package workload is what rule engines are measured on: customers as a host
// holds them, ten criteria whose thresholds and sets are data, and a function
// written by hand that decides the same and collects the same reasons.
package workload
