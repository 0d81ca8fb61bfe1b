package reports

import (
	"fmt"
	"io"
	"strconv"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/view"
)

// OpenMetrics writes the figures of every run as one exposition (https://openmetrics.io),
// which Prometheus, a pushgateway or a CI server reads: a gauge for each figure of the
// table, with scenario, strategy, seed and clock as labels. Times are in seconds, as the
// format wants them. A figure that a run does not have is left out.
func OpenMetrics(w io.Writer, views ...*view.View) error {
	e := expfmt.NewEncoder(w, expfmt.NewFormat(expfmt.TypeOpenMetrics))
	builds := newFamily("herdlab_build", "The build that made the results.", "")
	var table figures.Table
	for _, v := range views {
		table = v.Figures
		if t := v.Tool; t != nil && len(builds.Metric) == 0 {
			addGauge(builds, 1, label("version", t.Version), label("commit", t.Commit))
		}
	}
	families := []*dto.MetricFamily{builds}
	for _, f := range table {
		families = append(families, figureFamily(f, views))
	}
	for _, family := range families {
		if len(family.Metric) == 0 {
			continue
		}
		if err := e.Encode(family); err != nil {
			return fmt.Errorf("write OpenMetrics: %w", err)
		}
	}
	return e.(expfmt.Closer).Close() // # EOF
}

// figureFamily is a figure of every run that has it.
func figureFamily(f figures.Figure, views []*view.View) *dto.MetricFamily {
	unit, scale := "", 1.0
	switch f.Unit {
	case figures.Duration, figures.Latency:
		unit, scale = "seconds", 1000
	case figures.Bytes:
		unit = "bytes"
	}
	family := newFamily("herdlab_"+f.Name, f.Doc, unit)
	for _, v := range views {
		for _, run := range v.Runs {
			if value, ok := f.Of(run, &run.Figures); ok {
				addGauge(family, value/scale, label("scenario", v.Scenario), label("strategy", run.Strategy),
					label("seed", strconv.FormatUint(run.Seed, 10)), label("clock", v.Clock))
			}
		}
	}
	return family
}

// newFamily is a family of gauges; its unit, if it has one, is part of its name.
func newFamily(name, help, unit string) *dto.MetricFamily {
	family := &dto.MetricFamily{Help: &help, Type: dto.MetricType_GAUGE.Enum()}
	if unit != "" {
		name += "_" + unit
		family.Unit = &unit
	}
	family.Name = &name
	return family
}

func addGauge(family *dto.MetricFamily, value float64, labels ...*dto.LabelPair) {
	family.Metric = append(family.Metric, &dto.Metric{Label: labels, Gauge: &dto.Gauge{Value: &value}})
}

func label(name, value string) *dto.LabelPair { return &dto.LabelPair{Name: &name, Value: &value} }
