package decode

import (
	"io"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

const rootFolder = ""

func ownProgram() (string, error) { return os.Executable() }

func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP | windows.CREATE_NO_WINDOW}
}

// job is the fence around a process: it ends with the last handle to it, which is
// ours.
type job windows.Handle

func (j job) Close() error { return windows.CloseHandle(windows.Handle(j)) }

// fence puts a process that has not been handed a picture yet into a job of its
// own: so much memory, no other processes, an end when we end.
func fence(p *os.Process) (io.Closer, error) {
	handle, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return nil, err
	}
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{ProcessMemoryLimit: MaxMemory}
	limits.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE |
		windows.JOB_OBJECT_LIMIT_PROCESS_MEMORY | windows.JOB_OBJECT_LIMIT_ACTIVE_PROCESS |
		windows.JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION
	limits.BasicLimitInformation.ActiveProcessLimit = 1
	_, err = windows.SetInformationJobObject(handle, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	if err == nil {
		var process windows.Handle
		process, err = windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(p.Pid))
		if err == nil {
			err = windows.AssignProcessToJobObject(handle, process)
			_ = windows.CloseHandle(process)
		}
	}
	if err != nil {
		_ = windows.CloseHandle(handle)
		return nil, err
	}
	return job(handle), nil
}

func widen(*os.File) {}

// confine has nothing to do: the job stands around the process already. What
// Windows would need a restricted token for, files and network, stays open to it.
func confine() error { return nil }

// wasKilled cannot tell here who ended a process.
func wasKilled(*os.ProcessState) bool { return false }
