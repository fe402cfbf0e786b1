{{- define "nodemesh.node.env" -}}
- name: NODE_NAME
  valueFrom:
    fieldRef:
      fieldPath: spec.nodeName
- name: NODE_IP
  valueFrom:
    fieldRef:
      fieldPath: status.hostIP
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: POD_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
{{- end -}}

{{- /* Kubernetes has a field for AppArmor's profile from 1.30 on; before, annotations say it. Providers write minors such as 29+. */ -}}
{{- define "nodemesh.apparmor.field" -}}
{{ if gt (int (trimSuffix "+" .Capabilities.KubeVersion.Minor)) 29 }}true{{ end }}
{{- end -}}

{{- /*
What a node container may do. It is root with these capabilities and no others, not privileged: no device of the node is there, and seccomp holds.

NET_ADMIN         addresses, routes and rules in pods' namespaces, socket marks, transparent sockets
NET_RAW           sockets bound to another's address (IP_TRANSPARENT) and to a device
SYS_ADMIN         entering other network namespaces (setns), attaching BPF programs to cgroups on older kernels
BPF, PERFMON      loading BPF programs, and those that follow pointers of the kernel
SYS_PTRACE        /proc/PID/ns of other users' processes, and their sockets for in-kernel forwarding (pidfd_getfd)
DAC_OVERRIDE      the node's directories, whose owner the container's root may not be
*/ -}}
{{- define "nodemesh.node.security" -}}
privileged: false
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsUser: 0
seccompProfile:
  type: RuntimeDefault
{{- if include "nodemesh.apparmor.field" . }}
appArmorProfile:
  type: Unconfined
{{- end }}
capabilities:
  drop:
    - ALL
  add:
    - NET_ADMIN
    - NET_RAW
    - SYS_ADMIN
    - BPF
    - PERFMON
    - SYS_PTRACE
    - DAC_OVERRIDE
{{- end -}}
