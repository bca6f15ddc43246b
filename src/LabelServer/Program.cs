using System.CommandLine;
using LabelServer.CommandLine;

// No response files: "@" may start a value.
return await RootCommandFactory.Create()
    .Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false })
    .InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
