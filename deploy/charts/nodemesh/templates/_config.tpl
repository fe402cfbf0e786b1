{{- define "nodemesh.control.json" -}}
{
  "kubernetes": {},
  "caDirectory": "/run/nodemesh-control/ca",
  "trustDomain": {{ quote .Values.mesh.trustDomain }},
  "rootNamespace": {{ quote .Values.mesh.rootNamespace }},
  "meshNamespace": {{ quote .Release.Namespace }},
  "clusterDomain": {{ quote .Values.mesh.clusterDomain }},
  "clusterId": {{ quote .Values.mesh.clusterId }},
  "certificateLifetime": {{ quote .Values.mesh.certificateLifetime }},
  "listen": "0.0.0.0:15012",
  "metricsListen": "0.0.0.0:15014",
  {{- if .Values.webhook.enabled }}
  "webhookListen": "0.0.0.0:15017",
  {{- end }}
  {{- if .Values.tracing.otlp.endpoint }}
  "tracingProviders": [{{ quote .Values.tracing.otlp.provider }}],
  {{- end }}
  "logLevel": {{ quote .Values.logging.level }},
  "logFormat": {{ quote .Values.logging.format }}
}
{{- end -}}

{{- define "nodemesh.proxy.json" -}}
{
  "meshNamespace": {{ quote .Release.Namespace }},
  "trustDomain": {{ quote .Values.mesh.trustDomain }},
  "clusterDomain": {{ quote .Values.mesh.clusterDomain }},
  "clusterId": {{ quote .Values.mesh.clusterId }},
  "certificateLifetime": {{ quote .Values.mesh.certificateLifetime }},
  "capture": {{ quote .Values.proxy.capture }},
  "inKernelForwarding": {{ quote .Values.proxy.inKernelForwarding }},
  "outboundPolicy": {{ quote .Values.mesh.outboundPolicy }},
  "drainTimeout": "{{ int .Values.proxy.drainSeconds }}s",
  {{- if .Values.proxy.dnsUpstream }}
  "dnsUpstream": ["{{ join "\", \"" .Values.proxy.dnsUpstream }}"],
  {{- end }}
  "accessLog": {{ quote .Values.proxy.accessLog }},
  {{- if .Values.tracing.otlp.endpoint }}
  "otlpEndpoint": {{ quote .Values.tracing.otlp.endpoint }},
  "traceSampling": {{ quote .Values.tracing.sampling }},
  {{- end }}
  "logLevel": {{ quote .Values.logging.level }},
  "logFormat": {{ quote .Values.logging.format }}
}
{{- end -}}
