package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"cinnabar"
	"cinnabar/internal/fault"
	"cinnabar/views/words"
)

// The exit codes of every command.
const (
	exitFine  = 0
	exitFault = 1 // the work found or had a fault
	exitUsage = 2
)

// flags are the options that every command understands.
type flags struct {
	Database string `help:"Database URL of the shared server. Without it: libpq's PG* variables, and without these the trial on this machine." placeholder:"URL" env:"CINNABAR_DATABASE_URL"`
	As       string `help:"In the trial: the sample person to act as." placeholder:"NAME"`
	Lang     string `help:"Language of the answers: en or zh." placeholder:"en|zh" env:"CINNABAR_LANG"`
	JSON     bool   `help:"Answer in JSON." name:"json"`
}

type commandLine struct {
	flags

	Studio   studioCommand   `cmd:"" default:"1" help:"Open the studio."`
	Tour     tourCommand     `cmd:"" help:"Write a picture of every screen, in both languages and both themes."`
	Doctor   doctorCommand   `cmd:"" help:"Say what this machine and its database have and lack."`
	Server   serverCommand   `cmd:"" help:"Start, stop or ask for the private server."`
	Migrate  migrateCommand  `cmd:"" help:"Bring a shared database up to date (administrator)."`
	Person   personCommand   `cmd:"" help:"People and their roles."`
	Import   importCommand   `cmd:"" help:"Bring in posts or applications from CSV, JSON Lines or XLSX."`
	Appeal   appealCommand   `cmd:"" help:"Take in an appeal against a decision, from standard input or --words."`
	Export   exportCommand   `cmd:"" help:"Write what others are to read or keep."`
	Scan     scanCommand     `cmd:"" help:"Score posts that are not scored yet."`
	Detector detectorCommand `cmd:"" help:"Learn what posts look like, and measure how well that is known."`
	Picture  pictureCommand  `cmd:"" help:"Look at picture files: crops, small versions, fingerprints."`
	Plan     planCommand     `cmd:"" help:"Choose the offers with the most reach for a budget, from two files."`
	Verify   verifyCommand   `cmd:"" help:"Recompute the audit chains and check what must always be true."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

// run carries out one command line and returns the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	p := &program{in: in, out: out, errs: errs}
	p.openLog()
	defer p.closeLog()
	p.settings, p.damaged = loadSettings()
	// A line that cannot be parsed is answered in the language it asks for, too.
	p.words = words.For(p.language(askedLanguage(args)))

	if secretInArguments(args) {
		return p.finish(fault.New(fault.PasswordInArguments))
	}
	var line commandLine
	parser, err := kong.New(&line,
		kong.Name("cinnabar"),
		kong.Description("A desktop studio for a community platform where trust is the product."),
		kong.Writers(out, errs),
		kong.Exit(func(code int) { panic(exit(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(p),
	)
	if err != nil {
		// A mistake in the struct above; every test that runs a command sees it.
		panic(err)
	}
	parsed, err := parse(parser, args)
	if err != nil {
		return p.finish(fault.Wrap(err, fault.BadUsage, "detail", err.Error()))
	}
	if parsed == nil {
		return exitFine // the help is printed
	}
	p.flags = line.flags
	p.words = words.For(p.language(line.Lang))
	if p.damaged != nil && p.flags.Database == "" {
		// They may have named a shared server: nobody should work in the trial unawares.
		fmt.Fprintln(errs, p.words.Sentence(p.damaged))
	}
	p.secrets = newSecrets()
	p.secrets.ask = p.askOnTerminal()
	err = carryOut(parsed)
	if unkept := p.secrets.complaint(); unkept != nil {
		p.log.Warn("password not kept", "error", unkept)
		fmt.Fprintln(errs, p.words.Sentence(unkept))
	}
	return p.finish(err)
}

// carryOut runs the parsed command; a panic in it is one more error to tell.
func carryOut(parsed *kong.Context) (err error) {
	defer fault.Catch(&err)
	return parsed.Run()
}

// askedLanguage finds --lang in a line that has not been parsed.
func askedLanguage(args []string) string {
	for i, a := range args {
		if value, ok := strings.CutPrefix(a, "--lang="); ok {
			return value
		}
		if a == "--lang" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return os.Getenv("CINNABAR_LANG")
}

// exit carries kong's wish to end the program (after --help) out of the parser.
type exit int

// parse returns nil and no error after --help.
func parse(parser *kong.Kong, args []string) (parsed *kong.Context, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case exit:
			parsed, err = nil, nil
		default:
			panic(r)
		}
	}()
	return parser.Parse(args)
}

// errFound ends a command that did its work and found something wrong: exit
// code 1, and nothing more to say.
var errFound = errors.New("found a fault")

// finish turns what a command returned into one sentence and an exit code.
func (p *program) finish(err error) int {
	switch {
	case err == nil:
		return exitFine
	case errors.Is(err, errFound):
		return exitFault
	}
	p.log.Error("command failed", "error", err)
	fmt.Fprintln(p.errs, printable(p.words.Sentence(err)))
	switch fault.CodeOf(err) {
	case fault.BadUsage, fault.PasswordInArguments:
		return exitUsage
	}
	return exitFault
}

type versionCommand struct{}

// Run prints name and version on one line.
func (versionCommand) Run(p *program) error {
	about := cinnabar.About()
	if p.flags.JSON {
		return p.printJSON(map[string]any{"name": about.Name, "version": about.Version, "build": about.Build})
	}
	_, err := fmt.Fprintf(p.out, "%s %s\n", about.Name, about.Version)
	return err
}
