using System.CommandLine;
using Grpc.Core;
using LabelServer.CommandLine;

try
{
    // No response files: "@" may start a value. Without a time given here, Ctrl+C and a termination signal would end the program at once instead of cancelling what runs; the server's own end may take half a minute.
    return await RootCommandFactory.Create()
        .Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false })
        .InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(35) });
}
catch (Exception error) when (error is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
{
    // Commands that leave something behind have said so themselves. A call to the worker that is cancelled ends as the second kind.
    await Console.Error.WriteLineAsync("Cancelled.");
    return ExitCodes.Cancelled;
}
